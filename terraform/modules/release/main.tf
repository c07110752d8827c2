# The suite's programs in a bucket that only these machines read. An object is named for its content: a new release changes no object
# that a machine may be fetching, and a machine verifies the same digest that this file computed.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "location" {
  description = "Where the bucket is: the machines' region."
  type        = string
}

variable "bucket" {
  description = "The bucket's name, unique in all of Google Cloud."
  type        = string
}

variable "labels" {
  description = "The bucket's labels."
  type        = map(string)
}

variable "directory" {
  description = "Folder that scripts/release made: SHA256SUMS and one folder for each platform."
  type        = string
}

variable "platform" {
  description = "Which of its folders."
  type        = string
}

variable "programs" {
  description = "Which programs."
  type        = set(string)
}

variable "readers" {
  description = "Role to e-mail address of the accounts that fetch."
  type        = map(string)
}

variable "force_destroy" {
  description = "Whether the bucket goes with its objects."
  type        = bool
}

locals {
  sums = { for line in try(split("\n", trimspace(file("${var.directory}/SHA256SUMS"))), []) :
    trimprefix(substr(line, 64, -1), "  ") => substr(line, 0, 64)
    if can(regex("^[0-9a-f]{64}  [^ ]+$", line))
  }
  programs = { for program in var.programs : program => {
    path   = "${var.directory}/${var.platform}/${program}"
    sha256 = lookup(local.sums, "${var.platform}/${program}", null)
  } }
}

resource "google_storage_bucket" "this" {
  project                     = var.project_id
  name                        = var.bucket
  location                    = var.location
  labels                      = var.labels
  force_destroy               = var.force_destroy
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }
}

resource "google_storage_bucket_object" "program" {
  for_each = local.programs

  bucket       = google_storage_bucket.this.name
  name         = "${coalesce(each.value.sha256, "unknown")}/${each.key}"
  source       = each.value.path
  content_type = "application/octet-stream"

  lifecycle {
    precondition {
      condition     = each.value.sha256 != null
      error_message = "SHA256SUMS of the release has no line for ${var.platform}/${each.key}; make the release with scripts/release."
    }
    precondition {
      condition     = each.value.sha256 == null || try(filesha256(each.value.path) == each.value.sha256, false)
      error_message = "The file ${var.platform}/${each.key} is missing or is not the one that SHA256SUMS names; make the release again with scripts/release."
    }
  }
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = var.readers

  bucket = google_storage_bucket.this.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${each.value}"
}

output "bucket" {
  description = "The bucket's name."
  value       = google_storage_bucket.this.name
}

output "programs" {
  description = "Program to its object and SHA-256 digest."
  value = { for program, file in local.programs : program => {
    object = google_storage_bucket_object.program[program].name
    sha256 = coalesce(file.sha256, "unknown")
  } }
}
