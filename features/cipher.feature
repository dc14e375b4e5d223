Feature: Encrypting and decrypting
  A key encrypts and decrypts for its account and for whoever holds an access token of it.

  Background:
    Given a key with a token set

  @KMS2-ENC-001
  Scenario Outline: A ciphertext names the version that made it, for <caller>
    When I encrypt with <caller>
    Then the call is accepted
    And the ciphertext carries the prefix of version 1

    Examples:
      | caller           |
      | the account      |
      | the access token |

  @KMS2-DEC-001
  Scenario Outline: A plaintext of <size> comes back, for <caller>
    When I encrypt <size> with <caller>
    And I decrypt the ciphertext with <caller>
    Then the plaintext comes back

    Examples:
      | size        | caller           |
      | 1 byte      | the account      |
      | 32 bytes    | the account      |
      | 24000 bytes | the account      |
      | 1 byte      | the access token |
      | 32 bytes    | the access token |
      | 24000 bytes | the access token |

  @KMS2-DEC-001
  Scenario Outline: An RSA2048 key gives 150 bytes back, for <caller>
    Given an RSA2048 key with a token set
    When I encrypt 150 bytes with <caller>
    And I decrypt the ciphertext with <caller>
    Then the plaintext comes back

    Examples:
      | caller           |
      | the account      |
      | the access token |

  @KMS2-ENC-030
  Scenario Outline: An RSA2048 key encrypts up to 190 bytes: <size> bytes are <answer>
    Given an RSA2048 key
    When I encrypt <size> bytes with the account
    Then the call is <answer>

    Examples:
      | size | answer   |
      | 142  | accepted |
      | 238  | refused  |

  @KMS2-ENC-031
  Scenario: A ciphertext of an RSA2048 key has the size of its modulus
    Given an RSA2048 key
    When I encrypt 32 bytes with the account
    Then the ciphertext holds 256 bytes

  @KMS2-ENC-002 @under-load
  Scenario Outline: What <one> encrypts, <the other> decrypts
    Given the access token works
    When I encrypt 32 bytes with <one>
    And I decrypt the ciphertext with <the other>
    Then the plaintext comes back

    Examples:
      | one              | the other        |
      | the account      | the access token |
      | the access token | the account      |

  @KMS2-ENC-003 @under-load
  Scenario Outline: A list of <count> is answered by a list, item by item, for <caller>
    When I encrypt a list of <count> with <caller>
    Then each ciphertext decrypts to its own plaintext with <caller>

    Examples:
      | count | caller           |
      | 1     | the account      |
      | 7     | the account      |
      | 7     | the access token |

  @KMS2-DEC-009
  Scenario Outline: A list of <count> is decrypted in one call, for <caller>
    When I encrypt a list of <count> with <caller>
    And I decrypt the ciphertexts with <caller>
    Then the plaintexts come back in order

    Examples:
      | count | caller           |
      | 1     | the account      |
      | 7     | the account      |
      | 7     | the access token |

  @KMS2-ENC-029
  Scenario: A list of 500 items is answered
    When I encrypt a list of 500 with the account
    Then the call is accepted
    When I decrypt the ciphertexts with the account
    Then the plaintexts come back in order

  @KMS2-ENC-028
  Scenario: An empty plaintext comes back
    When I encrypt 0 bytes with the account
    Then the call is accepted
    When I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-ENC-004
  Scenario Outline: A plaintext of 40000 bytes is refused, for <caller>
    When I encrypt 40000 bytes with <caller>
    Then the call is refused

    Examples:
      | caller           |
      | the account      |
      | the access token |

  @KMS2-ENC-005
  Scenario Outline: 32 KB are 32768 bytes before base64: <size> bytes are <answer>
    When I encrypt <size> bytes with the account
    Then the call is <answer>

    Examples:
      | size  | answer   |
      | 32768 | accepted |
      | 32769 | refused  |

  @KMS2-ENC-006
  Scenario: The items of a list count together
    When I encrypt a list of 5, 9000 bytes each, with the account
    Then the call is refused

  @KMS2-ENC-007
  Scenario: An empty list is a bad request
    When I encrypt an empty list with the account
    Then the call is refused as a bad request

  @KMS2-ENC-008
  Scenario Outline: A plaintext that is <flaw> is refused
    When I encrypt the raw text <text> with the account
    Then the call is refused

    Examples:
      | flaw            | text       |
      | no base64       | "%%%%"     |
      | a number        | 12345678   |
      | an object       | {"a":"b"}  |
      | a list of lists | [["QQ=="]] |

  @KMS2-ENC-009
  Scenario Outline: Base64 that is <flaw> is a bad request
    When I encrypt the raw text <text> with the account
    Then the call is refused as a bad request

    Examples:
      | flaw                    | text    |
      | without its padding     | "QQ"    |
      | cut off                 | "QUJDR" |
      | of the URL-safe letters | "-_-_"  |

  @KMS2-ENC-010
  Scenario: One bad item refuses the whole list
    When I encrypt the raw text ["QUJD","%%%%"] with the account
    Then the call is refused as a bad request

  @KMS2-ENC-033
  Scenario Outline: A list with <item> among its texts is a bad request
    When I encrypt the raw text <list> with the account
    Then the call is refused as a bad request

    Examples:
      | item     | list              |
      | a number | ["QUJD",7]        |
      | a null   | ["QUJD",null]     |
      | a list   | ["QUJD",["QUJD"]] |

  @KMS2-DEC-011
  Scenario Outline: One bad item refuses a whole list of ciphertexts to <use>
    When I encrypt a list of 3 with the account
    And the ciphertext comes back with a bit of its text off
    And I <use> the ciphertexts with the account
    Then the call is refused as a bad request

    Examples:
      | use        |
      | decrypt    |
      | re-encrypt |

  @KMS2-DEC-011
  Scenario Outline: An empty list to <use> is a bad request
    When I <use> an empty list with the account
    Then the call is refused as a bad request

    Examples:
      | use        |
      | decrypt    |
      | re-encrypt |

  @KMS2-DEC-010
  Scenario Outline: A ciphertext to <use> that is <flaw> is refused
    When I <use> the raw text <text> with the account
    Then the call is refused

    Examples:
      | use        | flaw            | text       |
      | decrypt    | a number        | 12345678   |
      | decrypt    | an object       | {"a":"b"}  |
      | decrypt    | a list of lists | [["QQ=="]] |
      | re-encrypt | a number        | 12345678   |
      | re-encrypt | an object       | {"a":"b"}  |
      | re-encrypt | a list of lists | [["QQ=="]] |

  @KMS2-ENC-011
  Scenario: The same plaintext never gives the same ciphertext twice
    When I encrypt the same 32 bytes twice with the account
    Then the ciphertexts differ

  @KMS2-ENC-012
  Scenario: A ciphertext is 28 bytes longer than its plaintext
    When I encrypt 32 bytes with the account
    Then the ciphertext holds 60 bytes

  @KMS2-ENC-013
  Scenario: A context means nothing to a plain key
    When I encrypt with a context with the account
    Then the call is accepted
    When I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-DEC-002
  Scenario Outline: A ciphertext <flaw> is refused
    Given I encrypt 32 bytes with the account
    And I decrypt the ciphertext with the account
    When the ciphertext comes back <flaw>
    And I decrypt the ciphertext with the account
    Then the call is refused

    Examples:
      | flaw                         |
      | without its prefix           |
      | with half of its prefix      |
      | with the prefix of version 9 |
      | with the prefix of version 0 |

  Scenario Outline: A ciphertext <flaw> does not decrypt, for <caller>
    Given I encrypt 32 bytes with the account
    And I decrypt the ciphertext with the account
    When the ciphertext comes back <flaw>
    And I decrypt the ciphertext with <caller>
    Then the call is refused

    @KMS2-DEC-003
    Examples:
      | flaw                        | caller           |
      | with a bit of its head off  | the account      |
      | with a bit of its text off  | the account      |
      | with a bit of its tail off  | the account      |
      | without its last byte       | the account      |
      | with a byte more            | the account      |
      | with nothing but its prefix | the account      |
      | with a bit of its text off  | the access token |

  @KMS1-V1-017
  Scenario Outline: A ciphertext <flaw> does not decrypt over API 1.0
    Given I encrypt 32 bytes with the account
    And I decrypt the ciphertext over API 1.0
    When the ciphertext comes back <flaw>
    And I decrypt the ciphertext over API 1.0
    Then the call is refused

    Examples:
      | flaw                       |
      | with a bit of its text off |
      | with a bit of its tail off |
      | without its prefix         |

  @KMS2-DEC-004
  Scenario: The ciphertext of another key does not decrypt
    Given another key
    And I encrypt 32 bytes with the account
    When I decrypt the ciphertext with the account and the other key
    Then the call is refused

  @KMS2-DEC-005
  Scenario: A ciphertext that was altered is a bad request
    Given I encrypt 32 bytes with the account
    When the ciphertext comes back with a bit of its text off
    And I decrypt the ciphertext with the account
    Then the call is refused as a bad request
