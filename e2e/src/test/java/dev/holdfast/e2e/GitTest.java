package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** git clones and pushes. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.SSH, Tool.SSHD, Tool.GIT})
final class GitTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("git");

  GitTest(Route route) {
    this.route = route;
  }

  @Test
  void clonesAndPushes() {
    Path bare = directory.resolve("bare");
    Path clone = directory.resolve("clone");
    Path again = directory.resolve("again");
    git("init", "-q", "--bare", bare.toString());
    git("clone", "-q", Ssh.HOST + ":" + bare, clone.toString());
    Sample.write(clone.resolve("sample"), 6L << 20, 1);
    git("-C", clone.toString(), "add", "sample");
    git("-C", clone.toString(), "commit", "-q", "-m", "sample");
    git("-C", clone.toString(), "push", "-q", "origin", "HEAD:main");
    git("clone", "-q", "-b", "main", Ssh.HOST + ":" + bare, again.toString());
    assertThat(Sample.sha256(again.resolve("sample")))
        .isEqualTo(Sample.sha256(clone.resolve("sample")));
    git("-C", bare.toString(), "fsck", "--full");
  }

  private void git(String... arguments) {
    Command.of("git", "-c", "user.name=e2e", "-c", "user.email=e2e@localhost")
        .plus(arguments)
        .with("GIT_SSH_COMMAND", SITE.ssh(route).asWord())
        .with("GIT_CONFIG_NOSYSTEM", "1")
        .run()
        .ok();
  }
}
