package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FileRequestsTest {
  private static final Path CORPUS = Path.of("src/test/fuzz/FileRequestsFuzz");

  private final List<FileRequest> seen = new ArrayList<>();
  private final FileRequests requests = new FileRequests(seen::add);

  private void passByteByByte(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(CORPUS.resolve(file));
    for (int i = 0; i < bytes.length; i++) {
      requests.pass(bytes, i, 1);
    }
  }

  @Test
  void aTransferIsOneOpenedFile() throws Exception {
    passByteByByte("transfer");
    assertThat(seen).containsExactly(new FileRequest.Open("/tmp/a b", true));
  }

  @Test
  void whateverChangesPathsIsSeen() throws Exception {
    passByteByByte("changes");
    passByteByByte("extended");
    assertThat(seen)
        .containsExactly(
            new FileRequest.Remove("/x"),
            new FileRequest.MakeDirectory("/d"),
            new FileRequest.RemoveDirectory("/d"),
            new FileRequest.Rename("/a", "/b"),
            new FileRequest.Change("/ü"),
            new FileRequest.Link("to", "/l", true),
            new FileRequest.List("."),
            new FileRequest.Rename("/a", "/b"),
            new FileRequest.Link("/a", "/b", false),
            new FileRequest.Change("/a"));
  }

  @Test
  void whatIsNoSftpIsToldOnceAndNotLookedAt() throws Exception {
    passByteByByte("nonsense");
    passByteByByte("changes");
    assertThat(seen).containsExactly(new FileRequest.Unseen());
  }

  @Test
  void ofALongMessageNoMoreIsKeptThanTwoPathsNeed() {
    ByteBuffer message = ByteBuffer.allocate(4 + FileRequests.MOST_MESSAGE);
    message.putInt(FileRequests.MOST_MESSAGE).put((byte) 13).putInt(1);
    message.putInt(FileRequests.MOST_MESSAGE - 9);
    requests.pass(message.array(), 0, message.capacity());
    assertThat(seen)
        .singleElement()
        .isInstanceOfSatisfying(
            FileRequest.Remove.class,
            it -> assertThat(it.path()).hasSize(FileRequests.MOST_KEPT - 9));
  }

  @Test
  void copyingIsToldByItsCommand() {
    assertThat(CopyCommand.of("scp -r -t -- /srv/a b"))
        .contains(new CopyCommand("scp", false, "/srv/a b"));
    assertThat(CopyCommand.of("/usr/bin/scp -pf x")).contains(new CopyCommand("scp", true, "x"));
    assertThat(CopyCommand.of("rsync --server --sender -vlogDtpre.iLsfxCIvu . /srv"))
        .contains(new CopyCommand("rsync", true, "-vlogDtpre.iLsfxCIvu . /srv"));
    assertThat(CopyCommand.of("rsync --server -e . x")).isPresent();
    assertThat(CopyCommand.of("scp a b:")).isEmpty();
    assertThat(CopyCommand.of("echo scp -t x")).isEmpty();
  }
}
