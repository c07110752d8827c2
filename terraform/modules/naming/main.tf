# The article's names, with its environment as the only part that varies. No provider: pure values.

variable "environment" {
  description = "What every name begins with."
  type        = string
}

variable "labels" {
  description = "Labels beside those that every resource of the suite carries."
  type        = map(string)
}

locals {
  roles = {
    client    = { account = "ot-booking-client-svc", machine = "booking-client-vm", title = "OT booking front end" }
    server    = { account = "ot-booking-svc", machine = "booking-service-vm", title = "OT booking backend" }
    authority = { account = "alts-authority-svc", machine = "alts-authority-vm", title = "ALTS signing authority" }
  }
}

output "prefix" {
  description = "What the names of resources without a name in the article begin with."
  value       = "${var.environment}-ot-booking"
}

output "account_ids" {
  description = "Role to account id, the part of an account's e-mail address before the @."
  value       = { for role, names in local.roles : role => "${var.environment}-${names.account}" }
}

output "machines" {
  description = "Role to machine name."
  value       = { for role, names in local.roles : role => "${var.environment}-${names.machine}" }
}

output "backend_group" {
  description = "What the names of a group's backends begin with: beside the lone backend's own name."
  value       = "${var.environment}-booking-service"
}

output "titles" {
  description = "Role to what it is, for people."
  value       = { for role, names in local.roles : role => names.title }
}

output "labels" {
  description = "For every resource that can carry labels."
  value = merge(var.labels, {
    application = "ot-booking"
    environment = var.environment
    managed-by  = "terraform"
  })
}
