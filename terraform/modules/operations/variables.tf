variable "alert_email" {
  description = "Who is written to when something is wrong; null for nobody."
  type        = string
  default     = null
}

variable "codename" {
  description = "Debian's name for the release that is on the machines' image, which the Ops Agent's repository is named for."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+$", var.codename))
    error_message = "A codename is one of Debian's, such as trixie."
  }
}

variable "dashboard" {
  description = "Whether there is a dashboard."
  type        = bool
  nullable    = false
}

variable "environment" {
  description = "The label by which the machines are found."
  type        = string
  nullable    = false
}

variable "handshakers" {
  description = "Whether the machines have handshakers of the suite's, which count."
  type        = bool
  nullable    = false
}

variable "machine_count" {
  description = "How many machines there are when nothing is wrong."
  type        = number
  nullable    = false

  validation {
    condition     = var.machine_count >= 1
    error_message = "There is one machine at least."
  }
}

variable "patched" {
  description = "Whether the machines reach Debian's updates and are given them every week."
  type        = bool
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

variable "zones" {
  description = "Zones that have machines."
  type        = set(string)
  nullable    = false
}
