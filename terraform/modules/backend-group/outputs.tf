output "address" {
  description = "What clients connect to."
  value       = google_compute_forwarding_rule.this.ip_address
}

output "group" {
  description = "The group's name."
  value       = google_compute_region_instance_group_manager.this.name
}
