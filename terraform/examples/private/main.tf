# The whole of it for one hospital, small: a network of its own, PostgreSQL with a standby, protection against deletion, people who may
# log in, a dashboard and somebody to write to.

terraform {
  required_version = ">= 1.11"
}

variable "project_id" {
  description = "Google Cloud project that everything is made in."
  type        = string
}

variable "database_password" {
  description = "Password of the backend's database user: TF_VAR_database_password."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "release_dir" {
  description = "Folder that scripts/release made; null for this repository's."
  type        = string
  default     = null
}

module "ot_booking" {
  source = "../.."

  project_id          = var.project_id
  region              = "europe-west3"
  subnet_range        = "10.20.0.0/24"
  release_dir         = var.release_dir
  deletion_protection = true
  ssh_members         = ["group:theatre-operations@example.org"]
  dashboard           = true
  alert_email         = "theatre-operations@example.org"
  labels              = { cost-centre = "surgery" }

  database          = { tier = "db-custom-1-3840", highly_available = true }
  database_password = var.database_password
}

output "ot_booking" {
  description = "Commands to paste."
  value       = module.ot_booking
}
