package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of {@code holdfast ui}, while it runs.
 *
 * @param url of the first one, without a slash
 */
record Ui(Program program, String url) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern URL = Pattern.compile("http://localhost:[0-9]+");

  /** Serves them; {@code command} is that of {@link Members#own} or {@link Members#by}. */
  static Ui serve(Command command, String... options) {
    Program program = command(command, options).start();
    program.awaitOutput("in your browser", PATIENCE);
    Matcher url = URL.matcher(program.errors());
    assertThat(url.find()).as(program.errors()).isTrue();
    return new Ui(program, url.group());
  }

  /** What serves them. */
  static Command command(Command command, String... options) {
    return command.plus("ui", "--port", "0", "--no-browser").plus(options);
  }

  /** Where a page of the cluster is. */
  String of(String page) {
    return url + "/cluster/demo/" + page;
  }

  @Override
  public void close() {
    program.close();
  }
}
