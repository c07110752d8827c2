# Who may log in beside the project's owners: through Identity-Aware Proxy to these machines, by OS Login on them, and as somebody who
# may use their accounts. On the project there is what gcloud has to see of it before it goes anywhere, and, where Google makes the
# machines of a group and names them itself, a login to machines with the group's names.

locals {
  logins = { for pair in setproduct(keys(var.machines), var.members) : "${pair[0]} ${pair[1]}" => { role = pair[0], member = pair[1] } }
  users  = { for pair in setproduct(keys(var.accounts), var.members) : "${pair[0]} ${pair[1]}" => { role = pair[0], member = pair[1] } }

  group_members = var.group == null ? [] : var.members
}

# An instance that is made anew under its old name has nobody's grants: they have to be given again with it, and not at some later apply.
resource "terraform_data" "machine" {
  for_each = local.logins

  input = var.machines[each.value.role].instance_id
}

resource "google_iap_tunnel_instance_iam_member" "this" {
  for_each = local.logins

  project  = var.project_id
  zone     = var.zone
  instance = var.machines[each.value.role].name
  role     = "roles/iap.tunnelResourceAccessor"
  member   = each.value.member

  lifecycle {
    replace_triggered_by = [terraform_data.machine[each.key]]
  }
}

resource "google_compute_instance_iam_member" "login" {
  for_each = local.logins

  project       = var.project_id
  zone          = var.zone
  instance_name = var.machines[each.value.role].name
  role          = "roles/compute.osAdminLogin"
  member        = each.value.member

  lifecycle {
    replace_triggered_by = [terraform_data.machine[each.key]]
  }
}

# OS Login asks for it on machines that have an account: who is on the machine speaks as it.
resource "google_service_account_iam_member" "user" {
  for_each = local.users

  service_account_id = var.accounts[each.value.role]
  role               = "roles/iam.serviceAccountUser"
  member             = each.value.member
}

# What `gcloud compute ssh` asks for before it connects, and what names a group's machines. Nothing in it changes or reads anything else.
resource "google_project_iam_custom_role" "ssh" {
  count = length(var.members) > 0 ? 1 : 0

  project     = var.project_id
  role_id     = replace("${var.prefix}_ssh", "-", "_")
  title       = "OT booking: gcloud compute ssh"
  description = "Sees the project's settings for logins, and the machines of a group."
  permissions = concat(["compute.projects.get"], var.group == null ? [] : [
    "compute.instanceGroupManagers.get", "compute.instanceGroupManagers.list", "compute.instances.get", "compute.instances.list",
  ])
}

resource "google_project_iam_member" "ssh" {
  for_each = var.members

  project = var.project_id
  # Written out, so that a plan says which one it is.
  role   = "projects/${var.project_id}/roles/${google_project_iam_custom_role.ssh[0].role_id}"
  member = each.key
}

# A group's machines come and go under names that nobody knows before: what there can be no grant on is granted on the project, to
# machines whose names begin as the group's do.
resource "google_project_iam_member" "group_login" {
  for_each = toset(local.group_members)

  project = var.project_id
  role    = "roles/compute.osAdminLogin"
  member  = each.key

  condition {
    title       = "The group's machines"
    description = "Machines whose names begin with ${var.group == null ? "" : var.group}."
    expression  = "resource.type == \"compute.googleapis.com/Instance\" && resource.name.extract(\"/instances/{name}\").startsWith(\"${var.group == null ? "" : var.group}-\")"
  }
}

resource "google_project_iam_member" "group_tunnel" {
  for_each = toset(local.group_members)

  project = var.project_id
  role    = "roles/iap.tunnelResourceAccessor"
  member  = each.key

  condition {
    title       = "SSH alone"
    description = "A tunnel to port 22; which machine lets them in is decided there."
    expression  = "destination.port == 22"
  }
}
