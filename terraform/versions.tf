terraform {
  # 1.11 is the first with write-only arguments, which keep the database's password out of the state.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source = "hashicorp/google"
      # Checked against the schemas of one release of each of these majors: 6, 7 and 8.
      version = ">= 6.50.0, < 9.0.0"
    }
  }
}
