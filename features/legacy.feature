Feature: API 1.0
  The older API encrypts and decrypts with the same keys, for accounts only.

  Background:
    Given a key with a token set

  @KMS1-V1-001
  Scenario: What API 1.0 encrypts, it decrypts
    When I encrypt 32 bytes over API 1.0
    And I decrypt the ciphertext over API 1.0
    Then the plaintext comes back

  @KMS1-V1-002
  Scenario: A success of API 1.0 carries an empty message
    When I encrypt 32 bytes over API 1.0
    Then the call is accepted
    And the answer carries an empty message

  @KMS1-V1-003
  Scenario: What API 1.0 encrypts, API 2.0 decrypts
    When I encrypt 32 bytes over API 1.0
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS1-V1-003
  Scenario: What API 2.0 encrypts, API 1.0 decrypts
    When I encrypt 32 bytes with the account
    And I decrypt the ciphertext over API 1.0
    Then the plaintext comes back

  @KMS1-V1-004
  Scenario: A list comes back item by item from API 1.0
    When I encrypt a list of 5 over API 1.0
    And I decrypt the ciphertexts over API 1.0
    Then the plaintexts come back in order

  @KMS1-V1-005
  Scenario Outline: API 1.0 refuses <caller>
    Given the key serves the account over API 1.0
    And the access token works
    When I encrypt over API 1.0 with <caller>
    Then the call is refused

    Examples:
      | caller            |
      | the access token  |
      | the refresh token |
      | no credentials    |

  @KMS1-V1-006
  Scenario: API 1.0 takes the older signature on its own path
    When I encrypt over API 1.0 with the older signature
    Then the call is accepted

  @KMS1-V1-006
  Scenario: The older signature opens every use of a key on its own path
    Given an RSA2048 key
    Then the account opens every use of the key over API 1.0 with the older signature

  @KMS1-V1-007
  Scenario Outline: API 1.0 holds to the five minutes: <time> <side> is <answer>
    When I encrypt over API 1.0 by a clock <time> <side>
    Then the call is <answer>

    Examples:
      | time      | side   | answer   |
      | 4 minutes | behind | accepted |
      | 4 minutes | ahead  | accepted |
      | 6 minutes | behind | refused  |
      | 6 minutes | ahead  | refused  |

  @KMS1-V1-008
  Scenario: The IP ACL of a key says nothing about API 1.0
    When the IP ACL is switched on
    Then the key serves the account over API 1.0

  @KMS1-V1-009
  Scenario: A path of API 2.0 is none of API 1.0
    When I call POST /kms/v1/keys/{tag}/encrypt on API 1.0
    Then the call is refused as not found

  @KMS1-V1-009
  Scenario: The spelling of API 2.0 is none of API 1.0
    When I call POST /keys/v2/{tag}/create-custom-key on API 1.0
    Then the call is refused as not found

  @KMS1-V1-010
  Scenario: A ciphertext of API 1.0 carries the prefix too
    When I encrypt 32 bytes over API 1.0
    Then the ciphertext carries the prefix of version 1

  @KMS1-V1-033
  Scenario Outline: API 1.0 encrypts up to 32 KB: <size> bytes are <answer>
    When I encrypt <size> bytes over API 1.0
    Then the call is <answer>

    Examples:
      | size  | answer   |
      | 24000 | accepted |
      | 40000 | refused  |

  @KMS1-V1-033
  Scenario Outline: The items of a list count together on API 1.0: <count> of <size> bytes are <answer>
    When I encrypt a list of <count>, <size> bytes each, over API 1.0
    Then the call is <answer>

    Examples:
      | count | size | answer   |
      | 4     | 6000 | accepted |
      | 5     | 9000 | refused  |

  @KMS1-V1-040
  Scenario: What one call of API 1.0 decrypts may have 32 KB: 2 of 9000 bytes come back
    When I encrypt 2 texts of 9000 bytes, each by itself, over API 1.0
    And I decrypt the ciphertexts over API 1.0
    Then the plaintexts come back in order

  @KMS1-V1-040
  Scenario: What one call of API 1.0 decrypts may have 32 KB: 2 of 24000 bytes are refused
    When I encrypt 2 texts of 24000 bytes, each by itself, over API 1.0
    And I decrypt the ciphertexts over API 1.0
    Then the call is refused

  @KMS1-V1-034
  Scenario Outline: A call of API 1.0 signed with <flaw> is refused
    Given the key serves the account over API 1.0
    When I encrypt over API 1.0, signed with <flaw>
    Then the call is refused

    Examples:
      | flaw                     |
      | another secret key       |
      | an empty secret key      |
      | an unknown access key    |
      | another method           |
      | the path of another key  |
      | another time             |
      | a letter of it off       |
      | an empty signature       |
      | no signature             |
      | no access key            |
      | no time                  |
      | a time that is no number |

  @KMS1-V1-035
  Scenario Outline: An older signature with <flaw> is refused
    Given the key serves the account over API 1.0
    When I encrypt over API 1.0 with the older signature, signed with <flaw>
    Then the call is refused

    Examples:
      | flaw               |
      | another secret key |
      | another API key    |
      | no API key         |
      | no signature       |

  @KMS1-V1-036
  Scenario Outline: The <kind> signature is refused on the path of the other
    Given the key serves the account over API 1.0
    When I encrypt over API 1.0 with the <kind> signature on the path of the other
    Then the call is refused

    Examples:
      | kind  |
      | older |
      | newer |

  @KMS1-V1-037
  Scenario: The ciphertext of another key does not decrypt over API 1.0
    Given another key
    And I encrypt 32 bytes over API 1.0
    When I decrypt the ciphertext over API 1.0 and the other key
    Then the call is refused

  @KMS1-V1-038
  Scenario Outline: An <kind> key does not <use> over API 1.0
    Given an <kind> key
    When I <use> over API 1.0
    Then the call is refused

    Examples:
      | kind   | use                 |
      | AES256 | sign                |
      | ECDSA  | encrypt             |
      | ECDSA  | create a custom key |

  @KMS1-V1-038
  Scenario Outline: An ECDSA key does not <use> over API 1.0 either
    Given the key serves the account
    And an ECDSA key
    When I <use> the ciphertext over API 1.0
    Then the call is refused

    Examples:
      | use        |
      | decrypt    |
      | re-encrypt |

  @KMS1-V1-038
  Scenario: An AES256 key does not verify over API 1.0
    Given an ECDSA key
    And the key serves the account
    And a key
    When I verify the signature over API 1.0
    Then the call is refused

  @KMS1-V1-028
  Scenario Outline: API 1.0 has no more than its six calls: <method> <path>
    Given an ECDSA key with a token set
    When I call <method> <path> on API 1.0
    Then the call is refused

    Examples:
      | method | path                       |
      | GET    | /keys/v2/{tag}             |
      | POST   | /keys/v2/{tag}/get-pub-key |
      | POST   | /keys/v2/{tag}/rotate      |
      | POST   | /keys/v2/{tag}/token-set   |
      | GET    | /keys/v2/{tag}/versions    |

  @KMS1-V1-028
  Scenario: The calls of API 1.0 are made by POST
    Given the key serves the account over API 1.0
    When I call PUT /keys/v2/{tag}/encrypt on API 1.0
    Then the call is refused

  @KMS1-V1-039
  Scenario Outline: API 1.0 refuses a plaintext that is <flaw>
    When I encrypt the raw text <text> over API 1.0
    Then the call is refused

    Examples:
      | flaw            | text       |
      | no base64       | "%%%%"     |
      | a number        | 12345678   |
      | an object       | {"a":"b"}  |
      | a list of lists | [["QQ=="]] |

  @KMS1-V1-041
  Scenario Outline: API 1.0 signs no data that is <flaw>
    Given an RSA2048 key
    When I sign the raw text <text> over API 1.0
    Then the call is refused

    Examples:
      | flaw      | text      |
      | no base64 | "%%%%"    |
      | a number  | 12345678  |
      | an object | {"a":"b"} |
      | a list    | ["QUJD"]  |

  @KMS1-V1-041
  Scenario Outline: API 1.0 verifies no signature over data that is <flaw>
    Given an ECDSA key
    When I verify the signature over the raw text <text> over API 1.0
    Then the call is refused

    Examples:
      | flaw      | text     |
      | no base64 | "%%%%"   |
      | a number  | 12345678 |
      | a list    | ["QQ=="] |

  @KMS1-V1-041
  Scenario Outline: API 1.0 verifies no signature that is <flaw>
    Given an ECDSA key
    When I verify the raw text <text> over API 1.0
    Then the call is refused

    Examples:
      | flaw     | text     |
      | a number | 12345678 |
      | a list   | ["QQ=="] |

  @KMS1-V1-042
  Scenario Outline: API 1.0 does not <use> a ciphertext that is <flaw>
    When I <use> the raw text <text> over API 1.0
    Then the call is refused

    Examples:
      | use        | flaw            | text       |
      | decrypt    | a number        | 12345678   |
      | decrypt    | an object       | {"a":"b"}  |
      | decrypt    | a list of lists | [["QQ=="]] |
      | re-encrypt | a number        | 12345678   |
      | re-encrypt | an object       | {"a":"b"}  |
      | re-encrypt | a list of lists | [["QQ=="]] |

  @KMS1-V1-043
  Scenario Outline: Without what it works on the key does not <use> over API 1.0
    Given an RSA2048 key
    When I <use> over API 1.0 and leave out what it works on
    Then the call is refused

    Examples:
      | use        |
      | encrypt    |
      | decrypt    |
      | re-encrypt |
      | sign       |
      | verify     |

  @KMS1-V1-043
  Scenario: API 1.0 verifies no signature over no data
    Given an RSA2048 key
    When I verify the signature over no data over API 1.0
    Then the call is refused
