package dev.holdfast.node;

import java.util.ArrayList;
import java.util.List;

/** Fuzz target: what a client sends to sftp-server, whole and cut anywhere. */
public final class FileRequestsFuzz {
  private FileRequestsFuzz() {}

  /**
   * Fails if the same bytes in other pieces are other requests, or a path is longer than it can be.
   */
  public static void fuzzerTestOneInput(byte[] bytes) {
    List<FileRequest> whole = new ArrayList<>();
    new FileRequests(whole::add).pass(bytes, 0, bytes.length);
    List<FileRequest> pieces = new ArrayList<>();
    FileRequests cut = new FileRequests(pieces::add);
    int step = 1 + bytes.length % 7;
    for (int i = 0; i < bytes.length; i += step) {
      cut.pass(bytes, i, Math.min(step, bytes.length - i));
    }
    if (!whole.equals(pieces)) {
      throw new AssertionError("cut otherwise: " + whole + " and " + pieces);
    }
    for (FileRequest one : whole) {
      if (one instanceof FileRequest.Open(String path, boolean writes)
          && path.length() > FileRequests.MOST_KEPT) {
        throw new AssertionError("a path of " + path.length());
      }
    }
  }
}
