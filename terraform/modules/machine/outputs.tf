output "address" {
  description = "Its address on the subnet."
  value       = google_compute_instance.this.network_interface[0].network_ip
}

output "instance_id" {
  description = "Google's number for this very machine; another when it is made anew."
  value       = google_compute_instance.this.instance_id
}

output "name" {
  description = "Its name."
  value       = google_compute_instance.this.name
}

output "self_link" {
  description = "Its address among Google's resources."
  value       = google_compute_instance.this.self_link
}
