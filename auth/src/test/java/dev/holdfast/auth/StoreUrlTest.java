package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.InvalidRecordException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoreUrlTest {
  @Test
  void saysWhereRecordingsGo() {
    assertThat(StoreUrl.parse("file:///var/lib/x"))
        .isEqualTo(new StoreUrl.Directory(Path.of("/var/lib/x")));
    assertThat(StoreUrl.parse("s3://b1/some/prefix?endpoint=http://h:1&region=eu&profile=p"))
        .isInstanceOfSatisfying(
            StoreUrl.Bucket.class,
            it -> {
              assertThat(it.place()).isEqualTo("s3://b1/some/prefix/");
              assertThat(it.endpoint()).contains(URI.create("http://h:1"));
              assertThat(it.region()).contains("eu");
              assertThat(it.profile()).contains("p");
              assertThat(it.google()).isFalse();
            });
    assertThat(StoreUrl.parse("gs://b_2"))
        .isInstanceOfSatisfying(
            StoreUrl.Bucket.class,
            it -> {
              assertThat(it.prefix()).isEmpty();
              assertThat(it.google()).isTrue();
            });
  }

  @Test
  void whatCanNotBeIsRefusedWithoutShowingWhatMayBeAKey() {
    for (String wrong :
        List.of(
            "/var/lib/x",
            "file://host/x",
            "file:x",
            "s3:///x",
            "s3://B",
            "ftp://b/x",
            "s3://b b",
            "s3://key:secret@b/x",
            "s3://b?secret=hush",
            "s3://b?endpoint=ftp://x",
            "s3://b?endpoint=http://key:secret@x")) {
      assertThatThrownBy(() -> StoreUrl.parse(wrong))
          .as(wrong)
          .isInstanceOf(InvalidRecordException.class)
          .hasMessageNotContaining("secret@")
          .hasMessageNotContaining("hush");
    }
  }
}
