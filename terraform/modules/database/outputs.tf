output "instance" {
  description = "The instance's name."
  value       = google_sql_database_instance.this.name
}

output "secret" {
  description = "Name of the secret that holds the database's URL and its certificate authority."
  value       = google_secret_manager_secret.url.secret_id
}
