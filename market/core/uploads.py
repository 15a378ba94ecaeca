"""What becomes of files that a request carries, unless its view has handlers of its own."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """Stops reading at the first file.

    The limit of a body's size does not count files: anybody could fill the disk through a form
    that asks for none.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
