# Where the signing authority's keys are kept, and who reads what. The authority makes its root key itself, on its first start, and
# stores it in the first secret; no person and no Terraform state ever has it. Its public half is in the second, for the other machines.

resource "google_secret_manager_secret" "this" {
  for_each = toset(["key", "roots"])

  project   = var.project_id
  secret_id = "${var.prefix}-authority-${each.key}"
  labels    = var.labels

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "authority" {
  for_each = {
    for pair in setproduct(["key", "roots"], ["roles/secretmanager.secretAccessor", "roles/secretmanager.secretVersionAdder"]) :
    "${pair[0]} ${pair[1]}" => { secret = pair[0], role = pair[1] }
  }

  project   = var.project_id
  secret_id = google_secret_manager_secret.this[each.value.secret].secret_id
  role      = each.value.role
  member    = "serviceAccount:${var.accounts["authority"]}"
}

resource "google_secret_manager_secret_iam_member" "member" {
  for_each = toset(["client", "server"])

  project   = var.project_id
  secret_id = google_secret_manager_secret.this["roots"].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${var.accounts[each.key]}"
}
