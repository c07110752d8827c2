output "account_ids" {
  description = "Role to account id, the part of an account's e-mail address before the @."
  value       = { for role, names in local.roles : role => "${var.environment}-${names.account}" }
}

output "backend_group" {
  description = "What the names of a group's backends begin with: beside the lone backend's own name."
  value       = "${var.environment}-booking-service"
}

output "labels" {
  description = "For every resource that can carry labels."
  value = merge(var.labels, {
    application = "ot-booking"
    environment = var.environment
    managed-by  = "terraform"
  })
}

output "machines" {
  description = "Role to machine name."
  value       = { for role, names in local.roles : role => "${var.environment}-${names.machine}" }
}

output "prefix" {
  description = "What the names of resources without a name in the article begin with."
  value       = "${var.environment}-ot-booking"
}

output "titles" {
  description = "Role to what it is, for people."
  value       = { for role, names in local.roles : role => names.title }
}
