Feature: Signing and verifying
  RSA and ECDSA keys sign data and verify signatures, and tell their public key.

  Scenario Outline: A signature of an <kind> key names the version that made it, signed <way>
    Given an <kind> key with a token set
    When I sign 32 bytes <way>
    Then the call is accepted
    And the signature carries the prefix of version 1

    @KMS2-SIG-001
    Examples: API 2.0
      | kind    | way                   |
      | RSA2048 | with the account      |
      | RSA2048 | with the access token |
      | ECDSA   | with the account      |
      | ECDSA   | with the access token |

    @KMS1-V1-013
    Examples: API 1.0
      | kind    | way          |
      | RSA2048 | over API 1.0 |
      | ECDSA   | over API 1.0 |

  Scenario Outline: What an <kind> key signs <one>, it verifies <the other>
    Given an <kind> key with a token set
    When I sign 32 bytes <one>
    And I verify the signature <the other>
    Then the signature is valid

    @KMS2-VFY-001
    Examples: API 2.0
      | kind    | one                   | the other             |
      | RSA2048 | with the account      | with the account      |
      | RSA2048 | with the account      | with the access token |
      | RSA2048 | with the access token | with the account      |
      | ECDSA   | with the account      | with the account      |
      | ECDSA   | with the account      | with the access token |
      | ECDSA   | with the access token | with the account      |

    @KMS1-V1-013
    Examples: API 1.0
      | kind    | one              | the other        |
      | RSA2048 | over API 1.0     | over API 1.0     |
      | RSA2048 | over API 1.0     | with the account |
      | RSA2048 | with the account | over API 1.0     |
      | ECDSA   | over API 1.0     | over API 1.0     |

  Scenario Outline: A signature of an <kind> key <flaw> is not valid <way>
    Given an <kind> key with a token set
    And I sign 32 bytes with the account
    And I verify the signature with the account
    When the signature comes back <flaw>
    And I verify the signature <way>
    Then the signature is not valid

    @KMS2-VFY-002
    Examples: API 2.0
      | kind    | flaw                       | way                   |
      | RSA2048 | with a bit of its head off | with the account      |
      | RSA2048 | with a bit of its text off | with the account      |
      | RSA2048 | with a bit of its tail off | with the access token |
      | ECDSA   | with a bit of its text off | with the account      |
      | ECDSA   | with a bit of its tail off | with the access token |

    @KMS1-V1-014
    Examples: API 1.0
      | kind    | flaw                       | way          |
      | RSA2048 | with a bit of its text off | over API 1.0 |
      | ECDSA   | with a bit of its tail off | over API 1.0 |

  Scenario Outline: A signature of an <kind> key says nothing of other data <way>
    Given an <kind> key with a token set
    And I sign 32 bytes with the account
    When the data comes back with a bit off
    And I verify the signature <way>
    Then the signature is not valid

    @KMS2-VFY-003
    Examples: API 2.0
      | kind    | way                   |
      | RSA2048 | with the account      |
      | RSA2048 | with the access token |
      | ECDSA   | with the account      |
      | ECDSA   | with the access token |

    @KMS1-V1-014
    Examples: API 1.0
      | kind    | way          |
      | RSA2048 | over API 1.0 |
      | ECDSA   | over API 1.0 |

  @KMS2-VFY-004
  Scenario Outline: A signature of an <kind> key <flaw> is never valid <way>
    Given an <kind> key with a token set
    When I sign 32 bytes with the account
    And the signature comes back <flaw>
    Then the signature is never valid <way>

    Examples:
      | kind    | flaw                         | way                   |
      | RSA2048 | without its prefix           | with the account      |
      | RSA2048 | with half of its prefix      | with the account      |
      | RSA2048 | with the prefix of version 9 | with the account      |
      | RSA2048 | with the prefix of version 0 | with the account      |
      | RSA2048 | without its last byte        | with the account      |
      | RSA2048 | with a byte more             | with the account      |
      | RSA2048 | with nothing but its prefix  | with the account      |
      | RSA2048 | without its last byte        | with the access token |
      | ECDSA   | without its prefix           | with the account      |
      | ECDSA   | with the prefix of version 9 | with the access token |
      | ECDSA   | without its last byte        | with the account      |
      | ECDSA   | with nothing but its prefix  | with the account      |

  @KMS2-VFY-009
  Scenario Outline: A signature that is <flaw> is not verified
    Given an ECDSA key
    When I verify the raw text <text> with the account
    Then the call is refused

    Examples:
      | flaw     | text     |
      | a number | 12345678 |
      | a list   | ["QQ=="] |

  @KMS2-VFY-009
  Scenario Outline: A signature over data that is <flaw> is not verified
    Given an ECDSA key
    When I verify the signature over the raw text <text> with the account
    Then the call is refused

    Examples:
      | flaw      | text     |
      | no base64 | "%%%%"   |
      | a number  | 12345678 |
      | a list    | ["QQ=="] |

  @KMS2-VFY-005
  Scenario Outline: A signature of another <kind> key is not valid
    Given an <kind> key
    And another <kind> key
    When I sign 32 bytes with the account
    And I verify the signature with the account
    Then the signature is valid
    When I verify the signature with the account and the other key
    Then the signature is not valid

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-VFY-006
  Scenario: A signature without its prefix is a bad request
    Given an RSA2048 key
    And I sign 32 bytes with the account
    When the signature comes back without its prefix
    And I verify the signature with the account
    Then the call is refused as a bad request

  @KMS2-VFY-007
  Scenario: Validity is true or false
    Given an RSA2048 key
    And I sign 32 bytes with the account
    When I verify the signature with the account
    Then its validity is true or false, and no text

  @KMS2-VFY-008
  Scenario Outline: After a rotation an <kind> key verifies what its older version signed
    Given an <kind> key
    And I sign 32 bytes with the account
    When the key is rotated
    And I verify the signature with the account
    Then the signature is valid

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-VFY-008
  Scenario Outline: A signature of an <kind> key under the prefix of another of its versions is never valid
    Given an <kind> key
    And I sign 32 bytes with the account
    And the key is rotated
    When the signature comes back with the prefix of version 2
    Then the signature is never valid with the account

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  Scenario Outline: <size> bytes of data are <answer> for an <kind> key <way>
    Given an <kind> key with a token set
    When I sign <size> bytes <way>
    Then the call is <answer>

    @KMS2-SIG-002
    Examples: where every reading of 8 KB agrees
      | size  | answer   | kind    | way                   |
      | 1     | accepted | RSA2048 | with the account      |
      | 6000  | accepted | RSA2048 | with the account      |
      | 6000  | accepted | ECDSA   | with the access token |
      | 11000 | refused  | RSA2048 | with the access token |
      | 11000 | refused  | ECDSA   | with the account      |

    @KMS2-SIG-003
    Examples: by our reading
      | size | answer   | kind    | way              |
      | 8192 | accepted | RSA2048 | with the account |
      | 8193 | refused  | RSA2048 | with the account |

    @KMS1-V1-015
    Examples: API 1.0
      | size  | answer   | kind    | way          |
      | 6000  | accepted | RSA2048 | over API 1.0 |
      | 11000 | refused  | RSA2048 | over API 1.0 |

  @KMS2-SIG-004
  Scenario Outline: An AES256 key does not <use>
    Given a key
    And the key serves the account
    When I <use> with the account
    Then the call is refused

    Examples:
      | use  |
      | sign |

  @KMS2-SIG-004
  Scenario: An AES256 key does not verify
    Given an RSA2048 key
    And I sign 32 bytes with the account
    And a key
    When I verify the signature with the account
    Then the call is refused

  @KMS2-SIG-005
  Scenario: After a rotation the newest version signs
    Given an RSA2048 key
    When the key is rotated
    And I sign 32 bytes with the account
    Then the signature carries the prefix of version 2

  @KMS2-SIG-006
  Scenario Outline: Data that is <flaw> is refused
    Given an RSA2048 key
    When I sign the raw text <text> with the account
    Then the call is refused

    Examples:
      | flaw      | text      |
      | no base64 | "%%%%"    |
      | a number  | 12345678  |
      | an object | {"a":"b"} |
      | a list    | ["QUJD"]  |

  @KMS2-SIG-007
  Scenario Outline: The public key of an <kind> key confirms its signature
    Given an <kind> key
    When I sign 32 bytes with the account
    Then the public key confirms the signature

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  Scenario Outline: Signatures of an <kind> key are <scheme> over SHA-256
    Given an <kind> key
    When I sign 32 bytes with the account
    Then the public key confirms the signature as <scheme>

    @KMS2-SIG-008
    Examples: padding
      | kind    | scheme  |
      | RSA2048 | RSA-PSS |

    @KMS2-SIG-009
    Examples: encoding
      | kind  | scheme    |
      | ECDSA | ASN.1 DER |

  @KMS2-SIG-010
  Scenario: A key of the wrong type is a bad request
    Given a key
    When I sign with the account
    Then the call is refused as a bad request

  @KMS2-PUB-001
  Scenario Outline: An <kind> key tells its public key <way>
    Given an <kind> key with a token set
    When I ask for the public key <way>
    Then the public key is of the type <kind>

    Examples:
      | kind    | way                   |
      | RSA2048 | with the account      |
      | RSA2048 | with the access token |
      | ECDSA   | with the account      |
      | ECDSA   | with the access token |

  @KMS2-PUB-002
  Scenario Outline: Without a version the newest public key of an <kind> key is told
    Given an <kind> key
    And the key is rotated
    When I ask for the public key of version 2 with the account
    And the public key is noted
    And I ask for the public key with the account
    Then the public key is as noted
    When I ask for the public key of version 1 with the account
    Then the public key is another

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-PUB-003
  Scenario Outline: The public key of a disabled version of an <kind> key is not told
    Given an <kind> key
    And the key is rotated
    When version 1 is disabled
    And I ask for the public key of version 1 with the account
    Then the call is refused
    When I ask for the public key of version 2 with the account
    Then the call is accepted

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-PUB-004
  Scenario: The public key of a version that does not exist is not found
    Given an ECDSA key
    When I ask for the public key of version 2 with the account
    Then the call is refused as not found

  @KMS2-ENC-015
  Scenario Outline: An ECDSA key does not <use>
    Given an ECDSA key
    And the key serves the account
    When I <use> with the account
    Then the call is refused

    Examples:
      | use                 |
      | encrypt             |
      | create a custom key |

  @KMS2-ENC-015
  Scenario Outline: An ECDSA key does not <use> either
    Given a key
    And the key serves the account
    And an ECDSA key
    When I <use> the ciphertext with the account
    Then the call is refused

    Examples:
      | use        |
      | decrypt    |
      | re-encrypt |

  @KMS2-PUB-005
  Scenario: An AES256 key has no public key to tell
    Given a key
    And the key serves the account
    When I ask for the public key with the account
    Then the call is refused

  @KMS2-PUB-006
  Scenario Outline: No public key is told of the version <version>
    Given an ECDSA key
    When I ask for the public key of the version <version> with the account
    Then the call is refused

    Examples:
      | version |
      | 0       |
      | -1      |
      | 2       |
      | 1.5     |
      | "one"   |
