Feature: What is no HTTP, and HTTP that clients rarely send
  A request that HTTP forbids is refused, changes nothing and makes nothing fail. What HTTP allows is
  understood, however rarely it is sent.

  Background:
    Given a key
    And the state of the key is noted

  Scenario Outline: A request with <flaw> is refused and changes nothing
    When I try to change the memo over HTTP with <flaw>
    Then the request is refused and nothing fails
    And the state of the key is as noted

    @KMS2-ERR-050
    Examples: request line
      | flaw                                  |
      | a request line that lacks the path    |
      | a request line that lacks the version |
      | a space in its path                   |
      | a version that does not exist         |
      | a method that is no word              |

    @KMS2-ERR-051
    Examples: Host
      | flaw      |
      | no Host   |
      | two Hosts |

    @KMS2-ERR-052
    Examples: headers
      | flaw                            |
      | a header that has no colon      |
      | a space before a header's colon |
      | a header name that is no word   |
      | a null byte in a header         |

    @KMS2-ERR-053
    Examples: length
      | flaw                               |
      | two Content-Lengths that differ    |
      | another change hidden in it        |
      | a Content-Length that is no number |
      | a Content-Length below zero        |
      | a Content-Length with a plus sign  |

    @KMS2-ERR-054
    Examples: end
      | flaw                                |
      | a body that ends too early          |
      | chunks that end too early           |
      | a chunk size that is no number      |
      | a chunk that is longer than it says |

    @KMS2-ERR-055
    Examples: bounds
      | flaw                         |
      | a header of a million bytes  |
      | ten thousand headers         |
      | a body of four million bytes |

  Scenario Outline: A request with <form> is understood
    When I change the memo over HTTP with <form>
    Then the memo is changed

    @KMS2-ERR-056
    Examples:
      | form                     |
      | a body in chunks         |
      | header names in capitals |

    @KMS2-ERR-058
    Examples: older
      | form     |
      | HTTP/1.0 |

  @KMS2-ERR-057
  Scenario: Two calls that are sent without waiting are answered in order
    When I change the memo over HTTP with another call behind it
    Then both calls are answered in order
