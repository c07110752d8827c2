variable "account" {
  description = "E-mail address of the account that all the machines' programs are."
  type        = string
  nullable    = false
}

variable "address" {
  description = "The load balancer's address on the subnet; null lets Google choose."
  type        = string
  default     = null
}

variable "disk_type" {
  description = "Compute Engine's kind of disk that its kind of machine takes."
  type        = string
  nullable    = false
}

variable "image" {
  description = "Image of the boot disks."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels of machines and disks."
  type        = map(string)
  nullable    = false
}

variable "machine_prefix" {
  description = "What the machines' names begin with."
  type        = string
  nullable    = false
}

variable "machine_type" {
  description = "Compute Engine's machine type."
  type        = string
  nullable    = false
}

variable "network" {
  description = "Network of the load balancer."
  type        = string
  nullable    = false
}

variable "port" {
  description = "Port of the booking service."
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

variable "region" {
  description = "Region of group and load balancer."
  type        = string
  nullable    = false
}

variable "size" {
  description = "How many machines."
  type        = number
  nullable    = false

  validation {
    condition     = try(var.size >= 1 && floor(var.size) == var.size, false)
    error_message = "A group has one machine at least."
  }
}

variable "startup_script" {
  description = "What runs as root at every boot."
  type        = string
  nullable    = false
}

variable "subnetwork" {
  description = "Subnet of machines and load balancer."
  type        = string
  nullable    = false
}

variable "zones" {
  description = "Zones that the machines are spread over."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) > 0
    error_message = "The machines are in one zone at least."
  }
}
