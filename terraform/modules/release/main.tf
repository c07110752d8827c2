# The suite's programs in a bucket that only these machines read. An object is named for its content: a new release changes no object
# that a machine may be fetching, and a machine verifies the same digest that this file computed.

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

  # What was overwritten or deleted, by a mistake or by somebody else, can be had back for a month and is not paid for any longer.
  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }
}

resource "google_storage_bucket_object" "program" {
  for_each = local.programs

  bucket       = google_storage_bucket.this.name
  name         = "${coalesce(each.value.sha256, "unknown")}/${each.key}"
  source       = each.value.path
  content_type = "application/octet-stream"
  # Programs of earlier releases stay: machines that were made before an apply boot again after it, and an earlier release can be gone
  # back to. They go with the bucket.
  deletion_policy = "ABANDON"

  lifecycle {
    create_before_destroy = true

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
