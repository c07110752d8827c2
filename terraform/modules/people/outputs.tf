output "address" {
  description = "What the domain's A record has to be."
  value       = google_compute_global_address.this.address
}

output "audience" {
  description = "What Identity-Aware Proxy signs for, as the front end has to be told it."
  value       = "/projects/${data.google_project.this.number}/global/backendServices/${google_compute_backend_service.this.generated_id}"

  precondition {
    condition     = google_compute_backend_service.this.iap[0].enabled
    error_message = "The pages would be told to believe a proxy that is switched off."
  }
}
