package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SectionTest {
  private final Problems problems = new Problems();

  private Section read(String text) {
    return YamlFile.parse(text, "x.yaml", problems);
  }

  @Test
  void takesValuesListsAndSections() {
    Section root = read("wait: 10m\nports: [22, '2222']\none: 7\nnode:\n  wait: 1h\n");
    assertThat(root.value("wait", new TimeSpan(), Duration.ZERO)).isEqualTo(Duration.ofMinutes(10));
    assertThat(root.list("ports", text -> text, List.of())).containsExactly("22", "2222");
    assertThat(root.list("one", text -> text, List.of())).containsExactly("7");
    assertThat(root.list("none", text -> text, List.of("usual"))).containsExactly("usual");
    Section node = root.section("node");
    assertThat(node.value("wait", new TimeSpan(), Duration.ZERO)).isEqualTo(Duration.ofHours(1));
    assertThat(root.section("gate").value("wait", new TimeSpan())).isEmpty();
    node.end();
    root.end();
    assertThat(problems.lines()).isEmpty();
  }

  @Test
  void saysAllThatIsWrongWithItsPlace() {
    Section root =
        read(
            """
            wait: soon
            wait: 10m
            node:
              statedir: /x
              other: 1
              empty:
            """);
    root.value("wait", new TimeSpan(), Duration.ZERO);
    Section node = root.section("node");
    node.value("state-dir", text -> text, "");
    node.value("empty", text -> text, "");
    node.end();
    root.end();
    assertThat(problems.lines())
        .containsExactly(
            "x.yaml:2:1: 'wait' is here a second time; the first is in line 1",
            "x.yaml:1:7: wait: 'soon' is not a time such as 30s, 10m, 24h or 2d",
            "x.yaml:6:9: 'empty' needs a value",
            "x.yaml:4:3: there is no key 'statedir' in the section 'node'; 'state-dir' is meant",
            "x.yaml:5:3: there is no key 'other' in the section 'node'");
  }

  @Test
  void givesWhatNobodyTookWithTheirPlaces() {
    Section root = read("known: 1\nPermitRootLogin: no\nAllowUsers:\n  - ada\n  - bob\n");
    root.value("known", text -> text);
    assertThat(root.rest(key -> Character.isUpperCase(key.charAt(0))))
        .containsExactly(
            new Section.Written("PermitRootLogin", "no", new Place("x.yaml", 2, 18)),
            new Section.Written("AllowUsers", "ada", new Place("x.yaml", 4, 5)),
            new Section.Written("AllowUsers", "bob", new Place("x.yaml", 5, 5)));
    root.end();
    assertThat(problems.isEmpty()).isTrue();
  }

  @Test
  void aFileThatIsNoMappingOrNoYamlIsSaidToBe() {
    read("just words").end();
    read("a: [1, 2\nb: 3").end();
    read("? [x]\n: y").end();
    assertThat(problems.lines()).hasSize(3);
    assertThat(problems.lines().getFirst()).startsWith("x.yaml:1:1: the file must be made of");
    assertThat(problems.lines().get(1)).startsWith("x.yaml:2:2: this is not YAML");
  }

  @Test
  void anEmptyFileIsAFileOfDefaults() {
    read("").end();
    read("# nothing\n").end();
    read("node:\n").section("node").end();
    assertThat(problems.lines()).isEmpty();
  }

  @Test
  void problemsAndFilesHaveBounds(@TempDir Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= Problems.MOST; i++) {
      text.append("k").append(i).append(": 1\n");
    }
    read(text.toString()).end();
    assertThat(problems.lines()).hasSize(Problems.MOST);
    Path file = directory.resolve("big.yaml");
    Files.writeString(file, "#".repeat((int) YamlFile.MOST_BYTES + 1));
    assertThatThrownBy(() -> YamlFile.read(file, problems))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  /** Whatever stands in a file, reading it ends in problems and not in a defect. */
  @Test
  void brokenFilesAreProblemsAndNotDefects() {
    String good = "log: {level: info}\nnode:\n  listen: [\"[::]:22\", 1]\n  a: &x [1]\n  b: *x\n";
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(good);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        text.setCharAt(random.nextInt(text.length()), (char) (random.nextInt(0x60) + 0x20));
      }
      assertThatCode(
              () -> {
                Section root = YamlFile.parse(text.toString(), "x", new Problems());
                root.list("node", new ListenAddress(), List.of());
                root.section("node").rest(key -> true);
                root.end();
              })
          .as(text.toString())
          .doesNotThrowAnyException();
    }
  }
}
