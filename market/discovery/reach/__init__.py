"""What other programs read of our pages: search engines, feed readers, previews of links."""
