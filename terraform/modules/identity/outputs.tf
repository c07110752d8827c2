output "emails" {
  description = "Role to e-mail address."
  value       = { for role, account in google_service_account.this : role => account.email }
}

output "names" {
  description = "Role to the account's full resource name, for grants on it."
  value       = { for role, account in google_service_account.this : role => account.name }
}
