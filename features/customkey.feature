Feature: Custom keys
  A key makes other keys for use elsewhere: their plaintext for whoever asks for it, and always their
  ciphertext.

  Scenario Outline: A custom key of an <kind> key decrypts to what was told of it, made <way>
    Given an <kind> key with a token set
    When I create a custom key with its plaintext <way>
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

    @KMS2-CUS-001
    Examples: API 2.0
      | kind    | way                   |
      | AES256  | with the account      |
      | AES256  | with the access token |
      | RSA2048 | with the account      |
      | RSA2048 | with the access token |

    @KMS1-V1-011
    Examples: API 1.0
      | kind    | way          |
      | AES256  | over API 1.0 |
      | RSA2048 | over API 1.0 |

  @KMS2-CUS-001
  Scenario: The ciphertext of a custom key names the version that made it
    Given a key
    When I create a custom key with its plaintext with the account
    Then the ciphertext carries the prefix of version 1

  Scenario Outline: The plaintext of a custom key is kept back unless asked for, <way>
    Given a key with a token set
    When I create a custom key <way>
    Then the call is accepted
    And the custom key comes without its plaintext

    @KMS2-CUS-002
    Examples: API 2.0
      | way                   |
      | with the account      |
      | with the access token |

    @KMS1-V1-012
    Examples: API 1.0
      | way          |
      | over API 1.0 |

  @KMS2-CUS-002
  Scenario: The plaintext of a custom key is kept back where it is declined
    Given a key
    When I create a custom key without its plaintext with the account
    Then the call is accepted
    And the custom key comes without its plaintext

  Scenario Outline: A custom key has the <bits> bits that were asked for, <way>
    Given a key with a token set
    When I create a custom key of <bits> bits with its plaintext <way>
    Then the custom key has <bits> bits

    @KMS2-CUS-003
    Examples: API 2.0
      | bits | way                   |
      | 128  | with the account      |
      | 256  | with the account      |
      | 512  | with the account      |
      | 128  | with the access token |
      | 512  | with the access token |

    @KMS1-V1-011
    Examples: API 1.0
      | bits | way          |
      | 128  | over API 1.0 |
      | 512  | over API 1.0 |

  Scenario Outline: A custom key has 256 bits unless asked otherwise, <way>
    Given a key with a token set
    When I create a custom key with its plaintext <way>
    Then the custom key has 256 bits

    @KMS2-CUS-004
    Examples: API 2.0
      | way                   |
      | with the account      |
      | with the access token |

    @KMS1-V1-011
    Examples: API 1.0
      | way          |
      | over API 1.0 |

  Scenario Outline: A custom key of <bits> bits is refused, <way>
    Given a key with a token set
    When I create a custom key of <bits> bits with its plaintext <way>
    Then the call is refused

    @KMS2-CUS-005
    Examples: API 2.0
      | bits | way                   |
      | 0    | with the account      |
      | 64   | with the account      |
      | 192  | with the account      |
      | 1024 | with the access token |

    @KMS1-V1-011
    Examples: API 1.0
      | bits | way          |
      | 1024 | over API 1.0 |

  @KMS2-CUS-006
  Scenario: Each custom key is another
    Given a key
    When I create a custom key with its plaintext with the account
    And the custom key is noted
    And I create a custom key with its plaintext with the account
    Then the custom key is another

  @KMS2-CUS-007
  Scenario: A custom key of 512 bits fits an RSA key
    Given an RSA2048 key
    When I create a custom key of 512 bits with its plaintext with the account
    Then the custom key has 512 bits

  @KMS2-CUS-008
  Scenario: A custom key of API 2.0 names no version
    Given a key
    When I create a custom key with its plaintext with the account
    Then the custom key names no version

  @KMS1-V1-026
  Scenario: A custom key of API 1.0 names its version
    Given a key
    When I create a custom key with its plaintext over API 1.0
    Then the custom key names version 1

  @KMS2-CUS-009
  Scenario: A size that no custom key has is a bad request
    Given a key
    When I create a custom key of 192 bits with its plaintext with the account
    Then the call is refused as a bad request

  @KMS2-CUS-010
  Scenario Outline: <bits> is no number of bits
    Given a key
    When I create a custom key of <bits> bits with its plaintext with the account
    Then the call is refused

    Examples:
      | bits  |
      | "256" |
      | 256.5 |
      | true  |
      | [256] |

  @KMS2-CUS-010
  Scenario Outline: A custom key is not made where its plaintext is asked for by <text>
    Given a key
    When I create a custom key and ask for its plaintext by <text> with the account
    Then the call is refused

    Examples:
      | text  |
      | "yes" |
      | 1     |
