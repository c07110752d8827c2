# Who everybody is. An account is attached to its machine and is proven by nothing else: no key is ever made for it.

resource "google_service_account" "this" {
  for_each = var.account_ids

  project      = var.project_id
  account_id   = each.value
  display_name = var.titles[each.key]
  description  = "Proven by ALTS; attached to its machine, without keys."
  disabled     = contains(var.disabled, each.key)
}

# Project-wide because Google has no narrower place for them: they let a machine write its own logs and metrics, and read nothing.
resource "google_project_iam_member" "operations" {
  for_each = {
    for pair in setproduct(keys(var.account_ids), ["roles/logging.logWriter", "roles/monitoring.metricWriter"]) :
    "${pair[0]} ${pair[1]}" => { role = pair[1], account = pair[0] }
  }

  project = var.project_id
  role    = each.value.role
  member  = "serviceAccount:${google_service_account.this[each.value.account].email}"
}
