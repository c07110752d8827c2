variable "accounts" {
  description = "Role to service account e-mail address: client, server and, in suite mode, authority."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["client", "server"], keys(var.accounts))) == 0
    error_message = "Both the front end and the backend have an account."
  }
}

variable "authority_port" {
  description = "The port that both accounts may reach on the authority's machine; null without an authority."
  type        = number
  default     = null
}

variable "booking_port" {
  description = "The port that the front end's account may reach on the backend's machines."
  type        = number
  nullable    = false
}

variable "existing" {
  description = "A network that is there already, in place of one made here."
  type = object({
    network    = string
    subnetwork = string
  })
  default = null
}

variable "hosts" {
  description = "Role to the number of its address in the subnet's range; on an existing network Google chooses."
  type        = map(number)
  nullable    = false
}

variable "load_balanced" {
  description = "Whether Google's health checks reach the backends too."
  type        = bool
  nullable    = false
}

variable "nat" {
  description = "Whether machines reach the internet, through Cloud NAT."
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

variable "region" {
  description = "Region of the subnet."
  type        = string
  nullable    = false
}

variable "subnet_range" {
  description = "The subnet's range, when the network is made here."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.subnet_range))
    error_message = "The range is an IPv4 network, such as 10.128.0.0/20."
  }
}
