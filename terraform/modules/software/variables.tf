variable "accounts" {
  description = "Role to service account e-mail address."
  type        = map(string)
  nullable    = false
}

variable "audience" {
  description = "What Identity-Aware Proxy signs for, where the front end believes it; null elsewhere."
  type        = string
  default     = null
}

variable "authority" {
  description = "HOST:PORT of the signing authority; null without one."
  type        = string
  default     = null
}

variable "authority_port" {
  description = "Port that the authority listens on."
  type        = number
  nullable    = false
}

variable "backend" {
  description = "HOST:PORT of the booking service; unused by the server itself."
  type        = string
  default     = null
}

variable "bucket" {
  description = "Bucket of the release."
  type        = string
  nullable    = false
}

variable "client_machine" {
  description = "Name of the front end's machine."
  type        = string
  nullable    = false
}

variable "endpoints" {
  description = "Where Google's APIs are."
  type = object({
    storage       = string
    secretmanager = string
    token_keys    = optional(string)
  })
  nullable = false
}

variable "environment" {
  description = "What every name begins with."
  type        = string
  nullable    = false
}

variable "front_end_roles" {
  description = "What the front end's account may do at the backend, beside asking the article's question."
  type        = set(string)
  nullable    = false
}

variable "handshaker" {
  description = "suite: the suite's own on each machine. google: the metadata server's."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["google", "suite"], var.handshaker)
    error_message = "The handshaker is suite or google."
  }
}

variable "max_connection_age" {
  description = "How old a connection to the backend may grow."
  type        = string
  nullable    = false
}

variable "people" {
  description = "Name of the pages for people, and what each person may; null where nobody signs in."
  type = object({
    domain = string
    roles  = map(set(string))
  })
  default = null
}

variable "port" {
  description = "Port of the booking service."
  type        = number
  nullable    = false
}

variable "programs" {
  description = "Program to its object in the bucket and its SHA-256 digest; those of all roles."
  type = map(object({
    object = string
    sha256 = string
  }))
  nullable = false
}

variable "project_id" {
  description = "Project that machines must be in to be certified."
  type        = string
  nullable    = false
}

variable "role" {
  description = "What the machine is: client, server or authority."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["authority", "client", "server"], var.role)
    error_message = "A machine is the authority, the client or the server."
  }
}

variable "secrets" {
  description = "Names of the secrets that machines read: key and roots in suite mode, database when there is one."
  type = object({
    key      = optional(string)
    roots    = optional(string)
    database = optional(string)
  })
  nullable = false
}

variable "seed" {
  description = "What a new database is filled with."
  type        = string
  nullable    = false
}

variable "server_machines" {
  description = "What the names of the backend's machines begin with."
  type        = string
  nullable    = false
}

variable "titles" {
  description = "Role to what it is, for people."
  type        = map(string)
  nullable    = false
}

variable "web_port" {
  description = "Port of the pages."
  type        = number
  nullable    = false
}
