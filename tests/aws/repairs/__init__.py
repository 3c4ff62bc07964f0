"""What moto lacks or gets wrong, mended service by service, each as AWS documents it."""
