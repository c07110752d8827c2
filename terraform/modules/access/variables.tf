variable "accounts" {
  description = "Role to full resource name of the service account."
  type        = map(string)
  nullable    = false
}

variable "group" {
  description = "What the names of a group's machines begin with; null without a group."
  type        = string
  default     = null
}

variable "machines" {
  description = "Role to a machine's name and Google's number for it."
  type = map(object({
    name        = string
    instance_id = string
  }))
  nullable = false
}

variable "members" {
  description = "Who may log in."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for member in var.members : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "Who may log in is written user:E-MAIL, group:E-MAIL or serviceAccount:E-MAIL."
  }
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

variable "zone" {
  description = "Zone of the machines."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "A zone is one of Google's, such as us-central1-a."
  }
}
