variable "deletion_protection" {
  description = "Whether the instance can be deleted."
  type        = bool
  nullable    = false
}

variable "highly_available" {
  description = "Whether a standby in another zone takes over."
  type        = bool
  nullable    = false
}

variable "labels" {
  description = "Labels of instance and secret."
  type        = map(string)
  nullable    = false
}

variable "network" {
  description = "Network that the instance is reachable from."
  type        = string
  nullable    = false
}

variable "password" {
  description = "Password of the backend's user."
  type        = string
  ephemeral   = true
}

variable "password_version" {
  description = "Counted up to make a new password known."
  type        = number
  nullable    = false
}

variable "prefix" {
  description = "What names begin with."
  type        = string
  nullable    = false
}

variable "project_id" {
  description = "Project that everything is in."
  type        = string
  nullable    = false
}

variable "reader" {
  description = "E-mail address of the account that reads how to reach the database."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the instance and of the secret."
  type        = string
  nullable    = false
}

variable "tier" {
  description = "Cloud SQL's machine type."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db-[a-z0-9-]+$", var.tier))
    error_message = "A tier is one of Cloud SQL's, such as db-f1-micro."
  }
}
