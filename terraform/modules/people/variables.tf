variable "account" {
  description = "E-mail address of the front end's account, which the firewall rule names."
  type        = string
  nullable    = false
}

variable "domain" {
  description = "Name under which people open the pages."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain)) && length(var.domain) < 64
    error_message = "A domain is a name such as ot.example.org, in lowercase letters, shorter than 64 characters as Google's certificates want it."
  }
}

variable "labels" {
  description = "Labels of the balancer's rules."
  type        = map(string)
  nullable    = false
}

variable "machine" {
  description = "The front end's machine, and Google's number for it; it may come after everything else here."
  type = object({
    self_link   = string
    instance_id = string
  })
  nullable = false
}

variable "members" {
  description = "Whom Identity-Aware Proxy lets in."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for member in var.members : can(regex("^(user|group):[^@ ]+@[^@ ]+$", member)) || can(regex("^domain:[a-z0-9.-]+$", member))])
    error_message = "Who is let in is written user:E-MAIL, group:E-MAIL or domain:DOMAIN; nobody lets in everybody."
  }
}

variable "network" {
  description = "Network that the front end's machine is on."
  type        = string
  nullable    = false
}

variable "port" {
  description = "Port of the pages on the front end's machine."
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

variable "zone" {
  description = "Zone of the front end's machine."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "A zone is one of Google's, such as us-central1-a."
  }
}
