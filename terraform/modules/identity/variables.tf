variable "account_ids" {
  description = "Role to account id."
  type        = map(string)
  nullable    = false
}

variable "disabled" {
  description = "Roles whose account is disabled. Google disables no account that it is just creating: this is for a later apply."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(var.disabled, keys(var.account_ids))) == 0
    error_message = "Only accounts that there are can be disabled."
  }
}

variable "project_id" {
  description = "Project that everything is in."
  type        = string
  nullable    = false
}

variable "titles" {
  description = "Role to what it is, for people."
  type        = map(string)
  nullable    = false
}
