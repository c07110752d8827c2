variable "role" {
  description = "What the machine is: client, server or authority."
  type        = string
}

variable "environment" {
  description = "What every name begins with."
  type        = string
}

variable "project_id" {
  description = "Project that machines must be in to be certified."
  type        = string
}

variable "handshaker" {
  description = "suite: the suite's own on each machine. google: the metadata server's."
  type        = string
}

variable "accounts" {
  description = "Role to service account e-mail address."
  type        = map(string)
}

variable "titles" {
  description = "Role to what it is, for people."
  type        = map(string)
}

variable "client_machine" {
  description = "Name of the front end's machine."
  type        = string
}

variable "server_machines" {
  description = "What the names of the backend's machines begin with."
  type        = string
}

variable "bucket" {
  description = "Bucket of the release."
  type        = string
}

variable "programs" {
  description = "Program to its object in the bucket and its SHA-256 digest; those of all roles."
  type = map(object({
    object = string
    sha256 = string
  }))
}

variable "backend" {
  description = "HOST:PORT of the booking service; unused by the server itself."
  type        = string
  default     = null
}

variable "port" {
  description = "Port of the booking service."
  type        = number
}

variable "authority" {
  description = "HOST:PORT of the signing authority; null without one."
  type        = string
  default     = null
}

variable "authority_port" {
  description = "Port that the authority listens on."
  type        = number
}

variable "max_connection_age" {
  description = "How old a connection to the backend may grow."
  type        = string
}

variable "front_end_roles" {
  description = "What the front end's account may do at the backend, beside asking the article's question."
  type        = set(string)
}

variable "seed" {
  description = "What a new database is filled with."
  type        = string
}

variable "secrets" {
  description = "Names of the secrets that machines read: key and roots in suite mode, database when there is one."
  type = object({
    key      = optional(string)
    roots    = optional(string)
    database = optional(string)
  })
}

variable "endpoints" {
  description = "Where Google's APIs are."
  type = object({
    storage       = string
    secretmanager = string
    token_keys    = optional(string)
  })
}
