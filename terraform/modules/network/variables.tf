variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "region" {
  description = "Region of the subnet."
  type        = string
}

variable "prefix" {
  description = "What names begin with."
  type        = string
}

variable "subnet_range" {
  description = "The subnet's range, when the network is made here."
  type        = string
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
}

variable "nat" {
  description = "Whether machines reach the internet, through Cloud NAT."
  type        = bool
}

variable "accounts" {
  description = "Role to service account e-mail address: client, server and, in suite mode, authority."
  type        = map(string)
}

variable "booking_port" {
  description = "The port that the front end's account may reach on the backend's machines."
  type        = number
}

variable "authority_port" {
  description = "The port that both accounts may reach on the authority's machine; null without an authority."
  type        = number
  default     = null
}

variable "load_balanced" {
  description = "Whether Google's health checks reach the backends too."
  type        = bool
}
