# Three backends with one account behind one address. A group's machines are told apart by nobody: they prove the same account, and any
# of them may answer.

terraform {
  required_version = ">= 1.11"
}

variable "project_id" {
  description = "Google Cloud project that everything is made in."
  type        = string
}

variable "database_password" {
  description = "Password of the backends' database user: TF_VAR_database_password."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "release_dir" {
  description = "Folder that scripts/release made; null for this repository's."
  type        = string
  default     = null
}

variable "endpoints" {
  description = "Where Google's APIs are; see the root module."
  type        = any
  default     = {}
}

module "ot_booking" {
  source = "../.."

  project_id  = var.project_id
  backends    = 3
  release_dir = var.release_dir
  endpoints   = var.endpoints

  database          = { tier = "db-custom-1-3840" }
  database_password = var.database_password

  # A client stays with the backend that its connection leads to: younger connections spread sooner.
  max_connection_age = "5m"
}

output "ot_booking" {
  description = "Commands to paste."
  value       = module.ot_booking
}
