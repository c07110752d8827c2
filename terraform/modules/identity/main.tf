# Who everybody is. An account is attached to its machine and is proven by nothing else: no key is ever made for it.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "account_ids" {
  description = "Role to account id."
  type        = map(string)
}

variable "titles" {
  description = "Role to what it is, for people."
  type        = map(string)
}

variable "disabled" {
  description = "Roles whose account is disabled. Google disables no account that it is just creating: this is for a later apply."
  type        = set(string)
}

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

output "emails" {
  description = "Role to e-mail address."
  value       = { for role, account in google_service_account.this : role => account.email }
}

output "names" {
  description = "Role to the account's full resource name, for grants on it."
  value       = { for role, account in google_service_account.this : role => account.name }
}
