package dev.holdfast.node;

/** What a client of sftp asks for that changes or opens files, or lists directories. */
sealed interface FileRequest {
  /**
   * To open a file.
   *
   * @param writes whether to write, append, make or empty it
   */
  record Open(String path, boolean writes) implements FileRequest {}

  /** To list a directory. */
  record List(String path) implements FileRequest {}

  /** To remove a file. */
  record Remove(String path) implements FileRequest {}

  /** To make a directory. */
  record MakeDirectory(String path) implements FileRequest {}

  /** To remove one. */
  record RemoveDirectory(String path) implements FileRequest {}

  /** To change owner, permissions, times or size. */
  record Change(String path) implements FileRequest {}

  /** To give another name. */
  record Rename(String path, String to) implements FileRequest {}

  /** To make another name, or a link that is one. */
  record Link(String path, String to, boolean symbolic) implements FileRequest {}

  /** What comes is no sftp, and is not looked at any more. */
  record Unseen() implements FileRequest {}
}
