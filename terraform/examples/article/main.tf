# The article as it was: the project's default network, port 8080, Google's own handshaker. Google's documents no longer promise that
# it works between two machines of a project; the suite's own handshaker does not depend on that.

terraform {
  required_version = ">= 1.11"
}

variable "project_id" {
  description = "Google Cloud project that everything is made in, with its default network."
  type        = string
}

variable "handshaker" {
  description = "google, as in the article, or suite."
  type        = string
  default     = "google"
}

variable "disabled_accounts" {
  description = "The drill's switch: \"client\", \"server\" or both."
  type        = set(string)
  default     = []
}

variable "release_dir" {
  description = "Folder that scripts/release made; null for this repository's."
  type        = string
  default     = null
}

module "ot_booking" {
  source = "../.."

  project_id        = var.project_id
  handshaker        = var.handshaker
  disabled_accounts = var.disabled_accounts
  release_dir       = var.release_dir
  region            = "us-central1" # where the default network's range is 10.128.0.0/20
  port              = 8080
  front_end_roles   = [] # the article's client asks its one question

  existing_network = {
    network    = "projects/${var.project_id}/global/networks/default"
    subnetwork = "projects/${var.project_id}/regions/us-central1/subnetworks/default"
  }
}

output "ot_booking" {
  description = "Commands to paste."
  value       = module.ot_booking
}
