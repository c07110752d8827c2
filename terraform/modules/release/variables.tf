variable "bucket" {
  description = "The bucket's name, unique in all of Google Cloud."
  type        = string
  nullable    = false
}

variable "directory" {
  description = "Folder that scripts/release made: SHA256SUMS and one folder for each platform."
  type        = string
  nullable    = false
}

variable "force_destroy" {
  description = "Whether the bucket goes with its objects."
  type        = bool
  nullable    = false
}

variable "labels" {
  description = "The bucket's labels."
  type        = map(string)
  nullable    = false
}

variable "location" {
  description = "Where the bucket is: the machines' region."
  type        = string
  nullable    = false
}

variable "platform" {
  description = "Which of its folders."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["linux-amd64", "linux-arm64"], var.platform)
    error_message = "A platform is linux-amd64 or linux-arm64."
  }
}

variable "programs" {
  description = "Which programs."
  type        = set(string)
  nullable    = false
}

variable "project_id" {
  description = "Project that everything is in."
  type        = string
  nullable    = false
}

variable "readers" {
  description = "Role to e-mail address of the accounts that fetch."
  type        = map(string)
  nullable    = false
}
