output "ot_booking" {
  description = "Commands to paste."
  value       = module.ot_booking
}
