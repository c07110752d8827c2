variable "accounts" {
  description = "Role to e-mail address: client, server, authority."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["authority", "client", "server"], keys(var.accounts))) == 0
    error_message = "The authority and both of those that it certifies have an account."
  }
}

variable "labels" {
  description = "The secrets' labels."
  type        = map(string)
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

variable "region" {
  description = "Where the secrets are kept."
  type        = string
  nullable    = false
}
