variable "database_password" {
  description = "Password of the backend's database user: TF_VAR_database_password."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "disabled_accounts" {
  description = "The drill's switch: \"client\", \"server\" or both."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "project_id" {
  description = "Google Cloud project that everything is made in."
  type        = string
  nullable    = false
}

variable "release_dir" {
  description = "Folder that scripts/release made; null for this repository's."
  type        = string
  default     = null
}
