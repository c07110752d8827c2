variable "disabled_accounts" {
  description = "The drill's switch: \"client\", \"server\" or both."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "endpoints" {
  description = "Where Google's APIs are; see the root module."
  type = object({
    storage       = optional(string)
    secretmanager = optional(string)
    token_keys    = optional(string)
  })
  default  = {}
  nullable = false
}

variable "handshaker" {
  description = "google, as in the article, or suite."
  type        = string
  default     = "google"
  nullable    = false
}

variable "project_id" {
  description = "Google Cloud project that everything is made in, with its default network."
  type        = string
  nullable    = false
}

variable "release_dir" {
  description = "Folder that scripts/release made; null for this repository's."
  type        = string
  default     = null
}
