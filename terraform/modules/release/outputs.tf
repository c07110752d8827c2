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
