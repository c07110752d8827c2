output "addresses" {
  description = "Role to address on the subnet."
  value       = { for role, address in google_compute_address.this : role => address.address }
}

output "network" {
  description = "The network, made here or not."
  value       = local.network
}

output "subnetwork" {
  description = "The subnet, made here or not."
  value       = local.subnetwork
}
