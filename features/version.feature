Feature: Versions of a key
  Rotation gives a key another version. The newest encrypts; each decrypts what it encrypted.

  @KMS2-VER-001
  Scenario: The first version is listed
    Given a key
    Then the key has 1 version
    And every version is listed with its state and times
    And version 1 is "ENABLE"

  Scenario Outline: Rotation gives an <kind> key the next version
    Given an <kind> key
    When I rotate the key
    Then the answer names the key, version 2 and the time
    And the key has 2 versions
    And every version is listed with its state and times
    And version 1 is "ENABLE"

    @KMS2-ROT-004
    Examples: documented
      | kind   |
      | AES256 |

    @KMS2-ROT-005
    Examples: asymmetric keys
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-ROT-006
  Scenario: A disabled key does not rotate
    Given a key
    When the key is disabled
    And I rotate the key
    Then the call is refused
    And the key has 1 version

  @KMS2-ROT-006
  Scenario: A pending key does not rotate
    Given a key
    When the deletion of the key is requested
    And I rotate the key
    Then the call is refused
    And the key has 1 version

  Scenario Outline: After a rotation an <kind> key encrypts by the newest version, <way>
    Given an <kind> key with a token set
    When the key is rotated
    And I encrypt 32 bytes <way>
    Then the ciphertext carries the prefix of version 2

    @KMS2-ENC-014
    Examples: API 2.0
      | kind    | way                   |
      | AES256  | with the account      |
      | AES256  | with the access token |
      | RSA2048 | with the account      |

    @KMS1-V1-019
    Examples: API 1.0
      | kind   | way          |
      | AES256 | over API 1.0 |

  Scenario Outline: After a rotation an <kind> key decrypts what its older version encrypted, <way>
    Given an <kind> key with a token set
    And I encrypt 32 bytes with the account
    When the key is rotated
    And I decrypt the ciphertext <way>
    Then the plaintext comes back

    @KMS2-DEC-008
    Examples: API 2.0
      | kind    | way                   |
      | AES256  | with the account      |
      | AES256  | with the access token |
      | RSA2048 | with the account      |

    @KMS1-V1-019
    Examples: API 1.0
      | kind   | way          |
      | AES256 | over API 1.0 |

  @KMS2-DEC-002
  Scenario: A ciphertext under the prefix of another version of its key is refused
    Given a key
    And I encrypt 32 bytes with the account
    And the key is rotated
    When the ciphertext comes back with the prefix of version 2
    And I decrypt the ciphertext with the account
    Then the call is refused

  @KMS2-VER-002
  Scenario: An older version is disabled and enabled again
    Given a key
    And the key is rotated
    When I disable version 1
    Then the answer names version 1, its state "DISABLE" and the time
    And version 1 is "DISABLE"
    And version 2 is "ENABLE"
    When I enable version 1
    Then the answer names version 1, its state "ENABLE" and the time
    And version 1 is "ENABLE"

  @KMS2-VER-003
  Scenario: The newest version cannot be disabled
    Given a key
    And the key is rotated
    When I disable version 2
    Then the call is refused
    And version 2 is "ENABLE"

  @KMS2-VER-003
  Scenario: The only version cannot be disabled
    Given a key
    When I try to disable version 1
    Then the call is refused
    And version 1 is "ENABLE"

  @KMS2-VER-004
  Scenario: A version of a disabled key is not disabled
    Given a key
    And the key is rotated
    When the key is disabled
    And I disable version 1
    Then the call is refused
    And version 1 is "ENABLE"

  @KMS2-VER-004
  Scenario: A version of a disabled key is not enabled
    Given a key
    And the key is rotated
    And version 1 is disabled
    When the key is disabled
    And I enable version 1
    Then the call is refused
    And version 1 is "DISABLE"

  @KMS2-VER-005
  Scenario: When a key is enabled again each version has its own state
    Given a key
    And the key is rotated 2 times
    And version 1 is disabled
    When the key is disabled
    And the key is enabled
    Then version 1 is "DISABLE"
    And version 2 is "ENABLE"
    And version 3 is "ENABLE"

  Scenario Outline: A disabled version of an <kind> key does not <use>, <way>
    Given an <kind> key with a token set
    And the key can be used to <use> <way>
    And the key is rotated
    When version 1 is disabled
    And I <use> <way>
    Then the call is refused

    @KMS2-VER-006
    Examples: API 2.0
      | kind    | use        | way                   |
      | AES256  | decrypt    | with the account      |
      | AES256  | decrypt    | with the access token |
      | AES256  | re-encrypt | with the account      |
      | RSA2048 | decrypt    | with the account      |
      | RSA2048 | verify     | with the account      |
      | ECDSA   | verify     | with the access token |

    @KMS1-V1-027
    Examples: API 1.0
      | kind   | use     | way          |
      | AES256 | decrypt | over API 1.0 |

  @KMS2-VER-007
  Scenario: A version that is enabled again decrypts what it encrypted
    Given a key
    And I encrypt 32 bytes with the account
    And the key is rotated
    When version 1 is disabled
    And version 1 is enabled
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-VER-008
  Scenario: What is no version of the key is neither disabled nor enabled
    Given a key
    And the key is rotated
    When I disable version 3
    Then the call is refused
    When I enable version 3
    Then the call is refused
    When I disable version 0
    Then the call is refused
    When I disable version -1
    Then the call is refused
    When I disable version one
    Then the call is refused
    And the key has 2 versions

  @KMS2-VER-009
  Scenario: A version that the key lacks is not found
    Given a key
    When I try to enable version 2
    Then the call is refused as not found

  @KMS2-VER-010
  Scenario: Disabling a disabled version breaks a rule
    Given a key
    And the key is rotated
    And version 1 is disabled
    When I disable version 1
    Then the call is refused as a broken rule

  @KMS2-VER-010
  Scenario: Enabling an enabled version breaks a rule
    Given a key
    And the key is rotated
    When I enable version 1
    Then the call is refused as a broken rule

  @KMS2-VER-011
  Scenario: A key may have more than a hundred versions
    Given a key
    And the key is rotated 99 times
    When I rotate the key
    Then the call is accepted
    And the key has 101 versions
