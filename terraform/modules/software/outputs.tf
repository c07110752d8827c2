output "files" {
  description = "Path to mode and content of every file that the script writes."
  value       = local.files
}

output "programs" {
  description = "Programs that the script installs."
  value       = toset(local.wanted)
}

output "startup_script" {
  description = "For the machine's metadata."
  value       = local.startup_script
}

output "state" {
  description = "Unit whose state is on the disk \"state\"; null when the machine keeps nothing."
  value       = local.state
}

output "units" {
  description = "Units that the script starts."
  value       = local.units
}
