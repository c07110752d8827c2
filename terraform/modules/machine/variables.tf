variable "account" {
  description = "E-mail address of the account that its programs are."
  type        = string
  nullable    = false
}

variable "address" {
  description = "Its address on the subnet; null lets Google choose."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether Google refuses to delete it."
  type        = bool
  nullable    = false
}

variable "disk_type" {
  description = "Compute Engine's kind of disk that its kind of machine takes."
  type        = string
  nullable    = false
}

variable "image" {
  description = "Image of the boot disk."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels of machine and disks."
  type        = map(string)
  nullable    = false
}

variable "machine_type" {
  description = "Compute Engine's machine type."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the machine, which handshakers know it by."
  type        = string
  nullable    = false
}

variable "project_id" {
  description = "Project that everything is in."
  type        = string
  nullable    = false
}

variable "snapshot" {
  description = "Snapshot that a new disk of its state is made from; null for an empty one."
  type        = string
  default     = null
}

variable "snapshot_days" {
  description = "How long the nightly snapshots of its state are kept; null for none."
  type        = number
  default     = null
}

variable "startup_script" {
  description = "What runs as root at every boot."
  type        = string
  nullable    = false
}

variable "state_disk_gb" {
  description = "Size of the disk that outlives the machine; null for a machine that keeps nothing."
  type        = number
  default     = null
}

variable "subnetwork" {
  description = "Subnet that it is on."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "Zone of the machine."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "A zone is one of Google's, such as us-central1-a."
  }
}
