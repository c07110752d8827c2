# Who may log in beside the project's owners: through Identity-Aware Proxy to these machines, by OS Login on them, and as somebody who
# may use their accounts. Nothing is granted on the project.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "zone" {
  description = "Zone of the machines."
  type        = string
}

variable "machines" {
  description = "Role to machine name."
  type        = map(string)
}

variable "accounts" {
  description = "Role to full resource name of the service account."
  type        = map(string)
}

variable "members" {
  description = "Who may log in."
  type        = set(string)
}

locals {
  logins = { for pair in setproduct(keys(var.machines), var.members) : "${pair[0]} ${pair[1]}" => { role = pair[0], member = pair[1] } }
}

resource "google_iap_tunnel_instance_iam_member" "this" {
  for_each = local.logins

  project  = var.project_id
  zone     = var.zone
  instance = var.machines[each.value.role]
  role     = "roles/iap.tunnelResourceAccessor"
  member   = each.value.member
}

resource "google_compute_instance_iam_member" "login" {
  for_each = local.logins

  project       = var.project_id
  zone          = var.zone
  instance_name = var.machines[each.value.role]
  role          = "roles/compute.osAdminLogin"
  member        = each.value.member
}

# OS Login asks for it on machines that have an account: who is on the machine speaks as it.
resource "google_service_account_iam_member" "user" {
  for_each = local.logins

  service_account_id = var.accounts[each.value.role]
  role               = "roles/iam.serviceAccountUser"
  member             = each.value.member
}
