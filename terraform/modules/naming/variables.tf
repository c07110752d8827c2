variable "environment" {
  description = "What every name begins with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "An environment has 2 to 8 lowercase letters and digits and begins with a letter."
  }
}

variable "labels" {
  description = "Labels beside those that every resource of the suite carries."
  type        = map(string)
  nullable    = false
}
