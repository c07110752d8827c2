variable "database_password" {
  description = "Password of the backend's database user: TF_VAR_database_password."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "deletion_protection" {
  description = "Whether machines, database and a filled bucket refuse to be deleted. false to make machines anew, or to take everything down."
  type        = bool
  default     = true
  nullable    = false
}

variable "disabled_accounts" {
  description = "The drill's switch: \"client\", \"server\" or both."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "people" {
  description = "The pages for people behind Identity-Aware Proxy: domain, and person's e-mail address to roles; null for the tunnel alone."
  type = object({
    domain  = string
    roles   = map(set(string))
    members = optional(set(string))
  })
  default = null
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
